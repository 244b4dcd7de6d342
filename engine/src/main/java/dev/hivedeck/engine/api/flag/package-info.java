/** Feature flags over HTTP, for users' own code. */
@NullMarked
package dev.hivedeck.engine.api.flag;

import org.jspecify.annotations.NullMarked;
