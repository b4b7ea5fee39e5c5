"""What the generated pages and schemas of `docs/` say; `tools/generate_docs.py` writes them."""
