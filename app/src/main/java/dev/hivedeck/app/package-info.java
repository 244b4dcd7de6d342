/**
 * The program: its entry, its log, the table of its commands, the caches made at build time. It
 * decides nothing about work; commands become {@link dev.hivedeck.engine.protocol.Command}s.
 */
package dev.hivedeck.app;
