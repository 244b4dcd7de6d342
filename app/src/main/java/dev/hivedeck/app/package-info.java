/**
 * The program: its entry, the command line, and how engine and desktop are put together. It decides
 * nothing about work; commands become {@link dev.hivedeck.engine.protocol.Command}s.
 */
package dev.hivedeck.app;
