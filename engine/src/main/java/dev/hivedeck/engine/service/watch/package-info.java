/** Looks whether files change that services watch; what becomes of that is decided elsewhere. */
@NullMarked
package dev.hivedeck.engine.service.watch;

import org.jspecify.annotations.NullMarked;
