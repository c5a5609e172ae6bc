"""The takes that were made: kept on the disk, listed, exported."""
