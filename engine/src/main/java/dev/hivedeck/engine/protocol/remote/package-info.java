/** The remote that main follows, in the protocol. */
@NullMarked
package dev.hivedeck.engine.protocol.remote;

import org.jspecify.annotations.NullMarked;
