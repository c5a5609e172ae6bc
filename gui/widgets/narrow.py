"""A combo box that asks for no more room than there is, however long a name in it is."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from gui.look.plain import plain

_LEAST = 8  # letters


def narrow(box: QComboBox) -> QComboBox:
    """Its name ends in … where it does not fit; the whole of it is the tooltip."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_LEAST)
    own = box.toolTip()
    box.currentTextChanged.connect(lambda text: box.setToolTip(own or plain(text)))
    return box
