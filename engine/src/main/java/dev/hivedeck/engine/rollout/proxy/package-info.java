/** Proxies of the user's own, HAProxy and nginx, as what carries the traffic of a rollout. */
@NullMarked
package dev.hivedeck.engine.rollout.proxy;

import org.jspecify.annotations.NullMarked;
