"""Networks: what computes, without what was learned. Each is a file, knows torch alone and takes its weights from whoever makes it."""
