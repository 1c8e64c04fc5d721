-- What the doorbells of busy pods come to: at most one ring each 25 ms, after commits, on connections of their own.
notify example_bundles;
