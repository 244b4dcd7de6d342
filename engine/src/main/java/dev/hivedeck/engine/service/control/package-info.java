/** Registers services with the engine: the commands, the questions, and what follows them. */
@NullMarked
package dev.hivedeck.engine.service.control;

import org.jspecify.annotations.NullMarked;
