// Supervising: under construction.
