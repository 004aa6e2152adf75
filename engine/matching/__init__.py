"""How one photograph is found in another, carried over and made to fit: features, geometry, flow, colour."""
