/** Where the gateway listens. */
@NullMarked
package dev.hivedeck.engine.gateway.http;

import org.jspecify.annotations.NullMarked;
