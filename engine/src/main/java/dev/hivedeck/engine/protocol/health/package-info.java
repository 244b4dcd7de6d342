/**
 * What a person does with what speaks against merging a change; who does it is {@code
 * change.health}.
 */
@NullMarked
package dev.hivedeck.engine.protocol.health;

import org.jspecify.annotations.NullMarked;
