// Takes the key of the link out of the address, where histories would keep it, and puts it into the form.
const field = document.getElementById('id_key')
if (field && window.location.hash.length > 1) {
  field.value = decodeURIComponent(window.location.hash.slice(1))
  window.history.replaceState(null, '', window.location.pathname)
}
