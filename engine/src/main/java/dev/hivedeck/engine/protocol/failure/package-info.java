/** Why attempts end. It knows what each reason implies; it decides and changes nothing. */
@NullMarked
package dev.hivedeck.engine.protocol.failure;

import org.jspecify.annotations.NullMarked;
