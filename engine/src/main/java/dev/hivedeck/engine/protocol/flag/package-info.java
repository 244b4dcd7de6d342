/** Feature flags in the protocol: which variant of something who gets. */
@NullMarked
package dev.hivedeck.engine.protocol.flag;

import org.jspecify.annotations.NullMarked;
