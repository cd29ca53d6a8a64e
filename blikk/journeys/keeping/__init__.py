"""How long what is kept, its deletion when its time is over, and what a patient may ask for: data, log, deletion."""
