/**
 * Where messages of HTTP/1.1 begin and end, as strictly as RFC 9112 allows: what two readers could
 * understand differently is none. Pure.
 */
@NullMarked
package dev.hivedeck.engine.gateway.framing;

import org.jspecify.annotations.NullMarked;
