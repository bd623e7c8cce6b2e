"""The slow twins: short, plain, exact. They are the specification that the engines are compared with."""
