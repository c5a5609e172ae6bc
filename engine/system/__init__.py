"""What this machine gives us: files, memory, folders, threads. Standard library and psutil."""
