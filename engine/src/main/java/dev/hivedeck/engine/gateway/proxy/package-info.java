/**
 * How a request gets to an instance and its answer back: which version and which instance, again
 * where the first does not answer, and what that took.
 */
@NullMarked
package dev.hivedeck.engine.gateway.proxy;

import org.jspecify.annotations.NullMarked;
