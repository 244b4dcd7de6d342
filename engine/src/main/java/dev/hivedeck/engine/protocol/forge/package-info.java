/**
 * What clients hear of pull requests and of the forge that has them; who does it is {@code forge}.
 */
@NullMarked
package dev.hivedeck.engine.protocol.forge;

import org.jspecify.annotations.NullMarked;
