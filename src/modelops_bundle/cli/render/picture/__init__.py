"""The dependency picture as one HTML file: layered layout, drawing, page."""
