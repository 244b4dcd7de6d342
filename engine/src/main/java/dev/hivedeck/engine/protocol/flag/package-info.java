/** Feature flags in the protocol: who gets which variant of something. */
@NullMarked
package dev.hivedeck.engine.protocol.flag;

import org.jspecify.annotations.NullMarked;
