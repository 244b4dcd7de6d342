/** The gateway, as clients see it. */
@NullMarked
package dev.hivedeck.engine.protocol.gateway;

import org.jspecify.annotations.NullMarked;
