/**
 * How well an agent or a change does, as a number with its parts. It shows; the engine computes.
 */
package dev.hivedeck.ui.control.health;
