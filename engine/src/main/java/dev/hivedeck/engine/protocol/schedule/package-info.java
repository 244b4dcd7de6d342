/** Tasks that come again and again, in the protocol. */
@NullMarked
package dev.hivedeck.engine.protocol.schedule;

import org.jspecify.annotations.NullMarked;
