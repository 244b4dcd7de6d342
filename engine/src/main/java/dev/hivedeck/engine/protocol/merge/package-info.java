/** What clients hear of merges and of the queue that makes them; who does it is {@code change}. */
@NullMarked
package dev.hivedeck.engine.protocol.merge;

import org.jspecify.annotations.NullMarked;
