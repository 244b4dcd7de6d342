/** What is told of releases of the program itself: what is out, and its packages. */
@NullMarked
package dev.hivedeck.engine.protocol.release;

import org.jspecify.annotations.NullMarked;
