/**
 * Changes as canaries: their commits are checked out, run as versions of a service beside what is
 * on main, and merged when they are promoted.
 */
@NullMarked
package dev.hivedeck.engine.exposure;

import org.jspecify.annotations.NullMarked;
