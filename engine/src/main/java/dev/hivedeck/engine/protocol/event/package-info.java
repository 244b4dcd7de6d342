/**
 * The types of events, an enum for each area, with the topic and the meaning of each. An area that
 * registers itself has its own elsewhere.
 */
package dev.hivedeck.engine.protocol.event;
