"""Text without a framework: a step of the whole model in C, on weights of 4 to 8 bits.

XLA widens such weights inside its functions and gains nothing by them. A call out of a compiled
function would gain what is gained here, but TensorFlow would still take half a gigabyte, seconds to
import and seconds to compile, all of which a step in C has no use for. XLA keeps float32, beams and
graphics cards.
"""
