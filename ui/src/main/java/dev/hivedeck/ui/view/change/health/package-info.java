/** What a person does with what speaks against a change. It decides nothing; the engine does. */
@NullMarked
package dev.hivedeck.ui.view.change.health;

import org.jspecify.annotations.NullMarked;
