/** Where a forge tells the engine of what has happened there; it believes nothing unsigned. */
@NullMarked
package dev.hivedeck.engine.api.forge;

import org.jspecify.annotations.NullMarked;
