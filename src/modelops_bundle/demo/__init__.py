"""The story that `mops-bundle demo` tells, and the example project it is told on."""
