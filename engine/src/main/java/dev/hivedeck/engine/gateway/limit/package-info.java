/** How many requests there may be, and from which pages. Pure. */
@NullMarked
package dev.hivedeck.engine.gateway.limit;

import org.jspecify.annotations.NullMarked;
