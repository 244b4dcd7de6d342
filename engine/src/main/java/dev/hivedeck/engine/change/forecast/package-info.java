/**
 * Tries merges of open changes with main and with each other, before they meet. Nothing moves by
 * it.
 */
@NullMarked
package dev.hivedeck.engine.change.forecast;

import org.jspecify.annotations.NullMarked;
