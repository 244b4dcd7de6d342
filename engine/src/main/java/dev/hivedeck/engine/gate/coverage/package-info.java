/**
 * Which of the lines that a change brings its tests have reached, by the reports that a gate's
 * command leaves. It reads and counts; what follows from a number is for the gate.
 */
@NullMarked
package dev.hivedeck.engine.gate.coverage;

import org.jspecify.annotations.NullMarked;
