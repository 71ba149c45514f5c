// Serving: under construction.
