/**
 * The gateway: a reverse proxy on the loopback address in front of services. It splits their
 * traffic between versions and measures each. It never starts or checks an instance; where those
 * are, {@code ServiceDirectory} says.
 */
@NullMarked
package dev.hivedeck.engine.gateway;

import org.jspecify.annotations.NullMarked;
