package main

// Main is the program, for tests that run it in a process of its own.
func Main() { main() }
