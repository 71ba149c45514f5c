// Bridges: under construction.
