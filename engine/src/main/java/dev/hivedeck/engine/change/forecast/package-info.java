/**
 * Tries merges of open changes with main and with each other, before they meet. Nothing moves by
 * it.
 */
package dev.hivedeck.engine.change.forecast;
