/**
 * What a client sees of each thing, one file per area: whole, immutable records with a JSON form by
 * Jackson, replaced by the next event about the thing. It decides nothing and knows no store.
 */
@NullMarked
package dev.hivedeck.engine.protocol.view;

import org.jspecify.annotations.NullMarked;
