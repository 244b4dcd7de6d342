/** How gates judge beyond the exit code of a command, as configured. */
@NullMarked
package dev.hivedeck.engine.config.gate;

import org.jspecify.annotations.NullMarked;
