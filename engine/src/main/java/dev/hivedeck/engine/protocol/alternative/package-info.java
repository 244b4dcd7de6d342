/** The same task done by several agents (best of n), in the protocol. */
@NullMarked
package dev.hivedeck.engine.protocol.alternative;

import org.jspecify.annotations.NullMarked;
