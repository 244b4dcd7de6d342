/**
 * Timers for code that must also run under a virtual clock. Time is given, never taken: nothing in
 * the engine reads the wall clock or sleeps by itself.
 */
@NullMarked
package dev.hivedeck.engine.time;

import org.jspecify.annotations.NullMarked;
