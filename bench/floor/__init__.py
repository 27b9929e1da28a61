"""The floor: the least a Django application does to keep one bedside entry safe."""
