/**
 * The model that the screens observe: one keyed store per kind of thing, fed from the engine's
 * events in batches, never event by event. It decides nothing and sends nothing.
 */
package dev.hivedeck.ui.live;
