/**
 * How an area registers itself: the commands it carries out, the queries it answers and the things
 * it tells of, in one place. What comes in is routed by that; nothing here knows an area. Also the
 * form of their state machines.
 */
package dev.hivedeck.engine.area;
