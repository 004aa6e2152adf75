"""A drawn landmark in two views: the pictures of the first steps, and the script that draws them."""
