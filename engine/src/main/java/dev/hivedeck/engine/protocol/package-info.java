/**
 * What the engine and its clients say to each other: commands, events, views, ids and errors, as
 * plain records with a JSON form by Jackson. It holds no behaviour beyond that, and knows nothing
 * of how either side works; it is the only package of the engine that the desktop may see.
 */
@NullMarked
package dev.hivedeck.engine.protocol;

import org.jspecify.annotations.NullMarked;
