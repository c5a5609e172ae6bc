"""What surrounds the views: preferences, about, keyboard page, crashes, files to open."""
